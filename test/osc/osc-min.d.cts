export declare function loadOscMin(): Promise<typeof import("osc-min")>
