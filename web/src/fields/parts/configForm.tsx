import { Skeleton } from "antd";
import { lazy, Suspense, type ComponentType } from "react";
import type { ConfigProps } from "../contract";

/** Forms for administrators load when somebody configures a field: nobody else needs them. */
export function lazyConfig(load: () => Promise<{ default: ComponentType<ConfigProps> }>): ComponentType<ConfigProps> {
  const Form = lazy(load);
  return function ConfigForm(props: ConfigProps) {
    return (
      <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 2 }} />}>
        <Form {...props} />
      </Suspense>
    );
  };
}
