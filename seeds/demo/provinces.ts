/** Where the demo's dossiers come from, and what sets one province apart from another. */
export interface DemoProvince {
  /** Name of the system that sends them. */
  readonly source: string;
  readonly name: string;
  /** Codes before 1 July 2025 of the provinces whose units, and the successors of those, it has. */
  readonly codes: readonly string[];
  /** What the codes of its dossiers begin with. */
  readonly prefix: string;
  /** Dossiers received in a year. */
  readonly yearly: number;
  /** Part of the dossiers that are resolved in time. */
  readonly punctuality: number;
  /** Part of them that is received online, more or less than elsewhere. */
  readonly online: number;
}

/** The five provinces of the reports. Quảng Nam has been a part of Đà Nẵng since 1 July 2025, Bắc Kạn one of Thái Nguyên. */
export const DEMO_PROVINCES: readonly DemoProvince[] = [
  {
    ...{ source: "demo-cao-bang", name: "Cao Bằng", codes: ["04"], prefix: "H14" },
    ...{ yearly: 42_000, punctuality: 0.967, online: -0.04 },
  },
  {
    ...{ source: "demo-da-nang", name: "Đà Nẵng with Quảng Nam", codes: ["48", "49"], prefix: "H17" },
    ...{ yearly: 106_000, punctuality: 0.982, online: 0.03 },
  },
  {
    ...{ source: "demo-ha-tinh", name: "Hà Tĩnh", codes: ["42"], prefix: "H27" },
    ...{ yearly: 76_000, punctuality: 0.975, online: 0 },
  },
  {
    ...{ source: "demo-quang-ninh", name: "Quảng Ninh", codes: ["22"], prefix: "H49" },
    ...{ yearly: 92_000, punctuality: 0.986, online: 0.02 },
  },
  {
    ...{ source: "demo-bac-kan", name: "Bắc Kạn", codes: ["06"], prefix: "H03" },
    ...{ yearly: 29_000, punctuality: 0.964, online: -0.03 },
  },
];
