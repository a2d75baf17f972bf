/** A province of the demo and its characteristics. */
export interface DemoProvince {
  /** Name of the source system. */
  readonly source: string;
  readonly name: string;
  /** Codes before 1 July 2025 of the provinces whose units and successors belong to it. */
  readonly codes: readonly string[];
  /** Prefix of dossier codes. */
  readonly prefix: string;
  /** Dossiers received in a year. */
  readonly yearly: number;
  /** Share of dossiers resolved in time. */
  readonly punctuality: number;
  /** Difference of its online share from the average. */
  readonly online: number;
}

/** The five provinces of the reports. Quảng Nam has been part of Đà Nẵng since 1 July 2025, and Bắc Kạn part of Thái Nguyên. */
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
