import type { AggregateValue } from "@/api/types";
import { useSpeech } from "@/messages";
import { formatMoney, formatNumber } from "@/ui/format";
import { amountOf } from "./model";

export function useAmountText() {
  const { t, language } = useSpeech();
  return (value: AggregateValue): string => {
    const money = amountOf(value);
    if (money) return money.amount === null ? t("value.severalCurrencies") : formatMoney(money, language, 0);
    return value === null ? "" : formatNumber(value as string | number, language);
  };
}
