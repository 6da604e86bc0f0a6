import styles from "./State.module.css";

export type DrawingKind = "rows" | "board" | "search" | "error" | "denied" | "missing" | "file";

const rows = [0, 1, 2].map((row) => (
  <g key={row} transform={`translate(0 ${row * 20})`}>
    <circle cx="22" cy="26" r="5" />
    <path d="M36 26h34M82 26h20" />
  </g>
));
const shapes: Record<DrawingKind, React.ReactNode> = {
  rows,
  board: [0, 1, 2].map((column) => <rect key={column} x={12 + column * 34} y={14} width="26" height={56 - column * 14} rx="4" />),
  search: <><circle cx="54" cy="38" r="20" /><path d="m69 53 16 16M46 38h16" /></>,
  error: <><path d="M12 58c14 0 14-30 28-30s10 22 20 22 8-14 18-14" /><path d="m88 28 12 12m0-12L88 40" /></>,
  denied: <><rect x="36" y="36" width="42" height="32" rx="5" /><path d="M45 36v-8a12 12 0 0 1 24 0v8M57 49v7" /></>,
  missing: <><rect x="30" y="12" width="54" height="60" rx="5" strokeDasharray="4 5" /><path d="M42 30h30M42 42h18" /></>,
  file: <><path d="M36 12h30l14 14v46H36Z" /><path d="M66 12v14h14M46 40h24M46 50h24M46 60h14" /></>,
};

/** Drawn from the product's own shapes: rows, cards, a lock. */
export function Drawing({ kind }: { kind: DrawingKind }) {
  return (
    <svg className={styles["drawing"]} width="114" height="84" viewBox="0 0 114 84" fill="none" stroke="currentColor" strokeWidth="2.500" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
      {shapes[kind]}
    </svg>
  );
}
