import { theme as antd, type ThemeConfig } from "antd";
import { fontStack, semantic, type Mode } from "./theme";

/** Our tokens in Ant Design's words, so that its parts and ours cannot be told apart. */
export function antdTheme(mode: Mode): ThemeConfig {
  const c = semantic[mode];
  return {
    algorithm: mode === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      colorPrimary: c.accent, colorInfo: c.info, colorError: c.danger, colorWarning: c.warning, colorSuccess: c.success,
      colorLink: c.accent, colorText: c.fg, colorTextSecondary: c.muted, colorTextTertiary: c.faint, colorTextPlaceholder: c.faint,
      colorTextDescription: c.muted, colorBgBase: c.bg, colorBgContainer: c.bg, colorBgElevated: c.raised, colorBorder: c.lineStrong,
      colorBorderSecondary: c.line, colorSplit: c.line, boxShadow: c.floatShadow, boxShadowSecondary: c.floatShadow,
      colorBgMask: c.mask, colorTextLightSolid: c.onAccent, colorPrimaryHover: c.accentHover, colorPrimaryBg: c.selected, colorPrimaryBgHover: c.selected,
      controlItemBgActive: c.selected, controlItemBgActiveHover: c.selected, controlItemBgHover: c.hover,
      fontFamily: fontStack, fontSize: 14, borderRadius: 6, borderRadiusSM: 4, borderRadiusLG: 8, controlHeight: 32, controlHeightSM: 26,
      motionDurationFast: "0.12s", motionDurationMid: "0.14s", motionDurationSlow: "0.18s", wireframe: false,
      // Where motion is unwanted the library must know: it waits for animations to end before it places what floats.
      motion: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    },
    components: {
      Button: { fontWeight: 500, primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
      Tooltip: { colorBgSpotlight: mode === "dark" ? c.lineStrong : c.fg, colorTextLightSolid: mode === "dark" ? c.fg : c.bg },
      Select: { optionSelectedBg: c.selected, optionActiveBg: c.hover },
    },
  };
}
