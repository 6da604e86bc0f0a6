import { BarChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use as register, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useSpeech } from "@/messages";
import { fontStack, semantic, type Mode } from "@/tokens/theme";
import { formatCompactMoney } from "@/ui/format";
import { kindKey } from "./ChangesTable";
import { money, type Step } from "./model";

register([BarChart, GridComponent, SVGRenderer]);

/** From opening to closing, bar by bar. The table beside it says the same and is what assistive technology reads. */
export default function Waterfall({ bars, currency, mode, onPick }: { bars: Step[]; currency: string; mode: Mode; onPick: (kind: string) => void }) {
  const { t, language } = useSpeech();
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;

  useEffect(() => {
    if (!element.current) return;
    const made = init(element.current, null, { renderer: "svg" });
    chart.current = made;
    made.on("click", (event) => {
      const key = (event.data as { key?: string } | undefined)?.key;
      if (key && !["opening", "closing", "gone"].includes(key)) pick.current(key);
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const colours = semantic[mode];
    const name = (bar: Step) => (bar.key === "opening" ? t("forecast.opening") : bar.key === "closing" ? t("forecast.closing") : t(kindKey(bar.key)));
    const colour = (bar: Step) => (bar.whole ? colours.lineStrong : bar.to >= bar.from ? colours.success : colours.danger);
    // Opening stands at the top, as it is read.
    const shown = [...bars].reverse();
    chart.current?.setOption({
      animation: !still,
      animationDuration: 180,
      textStyle: { fontFamily: fontStack },
      grid: { left: 4, right: 72, top: 4, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: { type: "value", show: false, min: 0 },
      yAxis: { type: "category", data: shown.map(name), axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: colours.muted, fontSize: 12 } },
      series: [
        { type: "bar", stack: "w", silent: true, itemStyle: { color: "transparent" }, data: shown.map((bar) => Math.min(bar.from, bar.to)) },
        {
          type: "bar", stack: "w", barMaxWidth: 18,
          label: { show: true, position: "right", color: colours.fg, fontSize: 12, formatter: ({ dataIndex }: { dataIndex: number }) => formatCompactMoney(money(shown[dataIndex]?.amount ?? "0", currency), language) },
          data: shown.map((bar) => ({ key: bar.key, value: Math.abs(bar.to - bar.from), itemStyle: { color: colour(bar), borderRadius: 2 } })),
        },
      ],
    });
  }, [bars, currency, language, mode, t]);

  return <div ref={element} style={{ width: "100%", height: Math.max(200, bars.length * 30 + 16) }} aria-hidden data-testid="forecast-waterfall" />;
}
