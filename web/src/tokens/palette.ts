/** First tier: raw colours, named by what they are. Only `theme.ts` reads them. */
export const grey = {
  0: "#FFFFFF", 25: "#FAFBFC", 50: "#F5F7F9", 100: "#ECEFF3", 200: "#DFE4EA", 300: "#C6CED7", 400: "#98A3AF",
  500: "#5C6874", 600: "#505B67", 700: "#3A434D", 750: "#2D353E", 800: "#242B33", 850: "#1C2229", 900: "#161B21",
  950: "#101419",
} as const;

export const brand = { light: "#0E7C5A", lightHover: "#0B6B4D", lightSoft: "#E3F3ED", dark: "#34C08B", darkHover: "#52CE9F", darkSoft: "#143528" } as const;

export const signal = {
  light: { danger: "#BE2D22", dangerSoft: "#FCE9E7", warning: "#8F5600", warningSoft: "#FDF1D8", success: "#1B6B3A", info: "#1B57B0", infoSoft: "#E6EFFC" },
  dark: { danger: "#FF8F84", dangerSoft: "#42211F", warning: "#F0BE5B", warningSoft: "#3A2D10", success: "#7FD69A", info: "#8DBBFF", infoSoft: "#182C47" },
} as const;

/** Ten colours for choices and charts that stay apart for colour-blind eyes: [text, soft background, solid]. */
export const category = {
  gray: { light: ["#4A5561", "#ECEFF3", "#8592A0"], dark: ["#B6C0CA", "#2D353E", "#8592A0"] },
  red: { light: ["#A8261C", "#FCE8E6", "#D6493D"], dark: ["#FF9C92", "#43211F", "#E5675C"] },
  orange: { light: ["#8F4409", "#FDEBDC", "#E07B28"], dark: ["#FFB070", "#40280F", "#E88F45"] },
  yellow: { light: ["#735100", "#FBF0CF", "#D9A514"], dark: ["#EFC95A", "#3B300F", "#DDB23A"] },
  green: { light: ["#1B6B3A", "#E0F3E6", "#3FA35F"], dark: ["#7FD69A", "#17361F", "#52B874"] },
  teal: { light: ["#0B6663", "#DBF2F1", "#1F9E99"], dark: ["#62D0CB", "#103533", "#35B3AD"] },
  blue: { light: ["#1B57B0", "#E3EDFC", "#3B7DDD"], dark: ["#8DBBFF", "#18304F", "#5A96EA"] },
  indigo: { light: ["#3F44B5", "#E8E8FB", "#5F64D6"], dark: ["#AEB2FF", "#272A55", "#8388EE"] },
  purple: { light: ["#71379F", "#F1E6F9", "#9A5CCB"], dark: ["#D2A6F5", "#38224B", "#B07FDD"] },
  pink: { light: ["#A02368", "#FBE4EF", "#D9589A"], dark: ["#FF9CC9", "#471F35", "#E277AE"] },
} as const;
