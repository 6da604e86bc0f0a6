import {
  Activity, Box, Briefcase, Building2, Calendar, CircleDollarSign, ClipboardList, Contact, FileText, Folder, Handshake, Heart, Home,
  Layers, LifeBuoy, Mail, MapPin, Megaphone, Network, Package, Phone, Receipt, Rocket, ShoppingCart, Star, Tag, Target, Ticket,
  Truck, User, Users, Wrench, type LucideIcon,
} from "lucide-react";

const byName: Record<string, LucideIcon> = {
  activity: Activity, box: Box, briefcase: Briefcase, building: Building2, "building-2": Building2, calendar: Calendar, money: CircleDollarSign,
  dollar: CircleDollarSign, clipboard: ClipboardList, contact: Contact, "id-card": Contact, file: FileText, "file-text": FileText, folder: Folder,
  handshake: Handshake, heart: Heart, home: Home, layers: Layers, "life-buoy": LifeBuoy, mail: Mail, "map-pin": MapPin, megaphone: Megaphone,
  network: Network, sitemap: Network, package: Package, phone: Phone, receipt: Receipt, rocket: Rocket, "shopping-cart": ShoppingCart, cart: ShoppingCart,
  star: Star, tag: Tag, target: Target, ticket: Ticket, truck: Truck, user: User, users: Users, wrench: Wrench, funnel: CircleDollarSign,
};
export const objectIconNames = ["box", "briefcase", "building", "calendar", "contact", "file", "folder", "handshake", "heart", "layers", "megaphone", "package", "receipt", "rocket", "star", "tag", "target", "ticket", "truck", "wrench"];

interface Props {
  name: string | null | undefined;
  size?: number;
  /** Menus place their icons by it. */
  className?: string;
}

/** The icon an object names in the catalog; a box for names this client does not know. */
export function ObjectIcon({ name, size = 16, className }: Props) {
  const Icon = byName[name ?? ""] ?? Box;
  return <Icon size={size} strokeWidth={1.75} className={className} aria-hidden />;
}

/** The sign of the product: a crown with its aerial roots. */
export function Brand({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="2" strokeLinecap="round">
        <path d="M7 14a5 5 0 0 1 4.500-5 5.500 5.500 0 0 1 9.600 0A5 5 0 0 1 25 14Z" fill="var(--on-accent)" />
        <path d="M16 14v11M11 15v7M21 15v7M13 25h6" />
      </g>
    </svg>
  );
}
