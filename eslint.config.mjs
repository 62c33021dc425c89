import tseslint from "typescript-eslint"

export default tseslint.config(
  { ignores: ["**/node_modules/**", "out/**", "build/**"] },
  ...tseslint.configs.recommended,
  { rules: { eqeqeq: "error", "prefer-const": "error", "no-var": "error" } },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  // What runs on an Espruino board is written in the language it has.
  {
    files: ["tools/espruino-jig/*.js"],
    rules: { "no-var": "off", "@typescript-eslint/no-require-imports": "off", "@typescript-eslint/no-this-alias": "off" },
  },
)
