import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "src/api/generated", "dev", "scripts", "public"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-console": "error",
      "max-depth": ["error", 4],
      complexity: ["error", 24],
      "no-restricted-imports": ["error", { paths: [{ name: "antd", importNames: ["Table", "message", "notification"], message: "Use our own grid and toasts; Table is outside of the budget." }, { name: "lodash", message: "Not needed." }] }],
      "no-restricted-properties": ["error", { property: "dangerouslySetInnerHTML", message: "Text is text." }],
    },
  },
);
