import tseslint from "typescript-eslint"

export default tseslint.config(
  { ignores: ["**/node_modules/**", "out/**", "build/**"] },
  ...tseslint.configs.recommended,
  { rules: { eqeqeq: "error", "prefer-const": "error", "no-var": "error" } },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
)
