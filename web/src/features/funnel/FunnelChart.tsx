import { FunnelChart as Funnel } from "echarts/charts";
import { TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { shadesOf, fontStack, type Mode } from "@/tokens/theme";

register([Funnel, TooltipComponent, SVGRenderer]);

export interface Slice {
  key: string;
  name: string;
  value: number;
  shown: string;
  color: string | null | undefined;
}

/** The drawing of the funnel; the table beside it says the same in words and is what assistive technology reads. */
export default function FunnelChart({ slices, mode, onPick }: { slices: Slice[]; mode: Mode; onPick: (key: string) => void }) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;

  useEffect(() => {
    if (!element.current) return;
    const made = init(element.current, null, { renderer: "svg" });
    chart.current = made;
    made.on("click", (event) => pick.current(String((event.data as { key?: string }).key)));
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    chart.current?.setOption({
      animation: !still,
      animationDuration: 180,
      textStyle: { fontFamily: fontStack },
      series: [
        {
          type: "funnel", sort: "none", gap: 3, left: 8, right: 8, top: 8, bottom: 8, minSize: "12%", maxSize: "100%",
          label: { position: "inside", formatter: "{b}", fontSize: 13 },
          emphasis: { label: { fontWeight: 600 } },
          data: slices.map((slice) => ({ key: slice.key, name: `${slice.name}  ${slice.shown}`, value: slice.value, itemStyle: { color: shadesOf(slice.color, mode).soft, borderColor: shadesOf(slice.color, mode).solid, borderWidth: 1 }, label: { color: shadesOf(slice.color, mode).text } })),
        },
      ],
    });
  }, [slices, mode]);

  return <div ref={element} style={{ width: "100%", height: "100%", minHeight: 300 }} aria-hidden data-testid="funnel-chart" />;
}
