// osc-min is published for `import` alone; ts-node would turn an `import()` in TypeScript into a `require`, so it stands here.
module.exports.loadOscMin = () => import("osc-min")
