/** One of the anomalies of Hermitage, as a script and what each of its steps gives here. */
interface HermitageCase {
  readonly name: string;
  readonly script: string;
  /** What steps give that do not give "ok", by their number from 1; then what is left. */
  readonly serializable: Outcome;
  readonly snapshot: Outcome;
}

interface Outcome {
  /** Whether the level rules the anomaly out. */
  readonly prevented: boolean;
  readonly gives: Readonly<Record<number, string>>;
  readonly left: string;
}

const both = (gives: Outcome["gives"], left: string): Pick<HermitageCase, Level> => {
  const outcome = { prevented: true, gives, left };
  return { serializable: outcome, snapshot: outcome };
};

/** At SERIALIZABLE one step fails; a snapshot lets it pass. */
const onlySerializable = (
  gives: Outcome["gives"],
  failing: number,
  left: Readonly<Record<Level, string>>,
): Pick<HermitageCase, Level> => ({
  serializable: {
    prevented: true,
    gives: { ...gives, [failing]: "40001" },
    left: left.serializable,
  },
  snapshot: { prevented: false, gives, left: left.snapshot },
});

type Level = "serializable" | "snapshot";

export const hermitage: readonly HermitageCase[] = [
  {
    name: "G0",
    script: `
      T1 UPDATE test SET value = 11 WHERE id = 1
      T2 UPDATE test SET value = 12 WHERE id = 1
      T1 UPDATE test SET value = 21 WHERE id = 2
      T1 COMMIT
      T1 SELECT * FROM test
      T2 UPDATE test SET value = 22 WHERE id = 2
      T2 COMMIT`,
    ...both({ 5: "1:11 2:21", 7: "40001" }, "1:11 2:21"),
  },
  {
    name: "G1a",
    script: `
      T1 UPDATE test SET value = 101 WHERE id = 1
      T2 SELECT * FROM test
      T1 ROLLBACK
      T2 SELECT * FROM test
      T2 COMMIT`,
    ...both({ 2: "1:10 2:20", 4: "1:10 2:20" }, "1:10 2:20"),
  },
  {
    name: "G1b",
    script: `
      T1 UPDATE test SET value = 101 WHERE id = 1
      T2 SELECT * FROM test
      T1 UPDATE test SET value = 11 WHERE id = 1
      T1 COMMIT
      T2 SELECT * FROM test
      T2 COMMIT`,
    ...both({ 2: "1:10 2:20", 5: "1:10 2:20" }, "1:11 2:20"),
  },
  {
    name: "G1c",
    script: `
      T1 UPDATE test SET value = 11 WHERE id = 1
      T2 UPDATE test SET value = 22 WHERE id = 2
      T1 SELECT * FROM test WHERE id = 2
      T2 SELECT * FROM test WHERE id = 1
      T1 COMMIT
      T2 COMMIT`,
    serializable: {
      prevented: true,
      gives: { 3: "2:20", 4: "1:10", 6: "40001" },
      left: "1:11 2:20",
    },
    // Neither saw what the other wrote, which is all that this asks for.
    snapshot: { prevented: true, gives: { 3: "2:20", 4: "1:10" }, left: "1:11 2:22" },
  },
  {
    name: "OTV",
    script: `
      T1 UPDATE test SET value = 11 WHERE id = 1
      T1 UPDATE test SET value = 19 WHERE id = 2
      T2 UPDATE test SET value = 12 WHERE id = 1
      T1 COMMIT
      T3 SELECT * FROM test WHERE id = 1
      T2 UPDATE test SET value = 18 WHERE id = 2
      T3 SELECT * FROM test WHERE id = 2
      T2 COMMIT
      T3 SELECT * FROM test
      T3 COMMIT`,
    ...both({ 5: "1:11", 7: "2:19", 8: "40001", 9: "1:11 2:19" }, "1:11 2:19"),
  },
  {
    name: "PMP",
    script: `
      T1 SELECT * FROM test WHERE value = 30
      T2 INSERT INTO test (id, value) VALUES (3, 30)
      T2 COMMIT
      T1 SELECT * FROM test WHERE value % 3 = 0
      T1 COMMIT`,
    ...both({ 1: "none", 4: "none" }, "1:10 2:20 3:30"),
  },
  {
    name: "PMP for writes",
    script: `
      T1 UPDATE test SET value = value + 10
      T2 DELETE FROM test WHERE value = 20
      T1 COMMIT
      T2 SELECT * FROM test WHERE value = 20
      T2 COMMIT`,
    ...both({ 4: "none", 5: "40001" }, "1:20 2:30"),
  },
  {
    name: "P4",
    script: `
      T1 SELECT * FROM test WHERE id = 1
      T2 SELECT * FROM test WHERE id = 1
      T1 UPDATE test SET value = 11 WHERE id = 1
      T2 UPDATE test SET value = 11 WHERE id = 1
      T1 COMMIT
      T2 COMMIT`,
    ...both({ 1: "1:10", 2: "1:10", 6: "40001" }, "1:11 2:20"),
  },
  {
    name: "G-single",
    script: `
      T1 SELECT * FROM test WHERE id = 1
      T2 SELECT * FROM test WHERE id = 1
      T2 SELECT * FROM test WHERE id = 2
      T2 UPDATE test SET value = 12 WHERE id = 1
      T2 UPDATE test SET value = 18 WHERE id = 2
      T2 COMMIT
      T1 SELECT * FROM test WHERE id = 2
      T1 COMMIT`,
    ...both({ 1: "1:10", 2: "1:10", 3: "2:20", 7: "2:20" }, "1:12 2:18"),
  },
  {
    name: "G-single with predicates",
    script: `
      T1 SELECT * FROM test WHERE value % 5 = 0
      T2 UPDATE test SET value = 12 WHERE value = 10
      T2 COMMIT
      T1 SELECT * FROM test WHERE value % 3 = 0
      T1 COMMIT`,
    ...both({ 1: "1:10 2:20", 4: "none" }, "1:12 2:20"),
  },
  {
    name: "G-single with a write by predicate",
    script: `
      T1 SELECT * FROM test WHERE id = 1
      T2 SELECT * FROM test
      T2 UPDATE test SET value = 12 WHERE id = 1
      T2 UPDATE test SET value = 18 WHERE id = 2
      T2 COMMIT
      T1 DELETE FROM test WHERE value = 20
      T1 SELECT * FROM test
      T1 COMMIT`,
    ...both({ 1: "1:10", 2: "1:10 2:20", 7: "1:10", 8: "40001" }, "1:12 2:18"),
  },
  {
    name: "G-single with interleaved writes",
    script: `
      T1 SELECT * FROM test WHERE id = 1
      T2 SELECT * FROM test
      T2 UPDATE test SET value = 12 WHERE id = 1
      T1 DELETE FROM test WHERE value = 20
      T2 UPDATE test SET value = 18 WHERE id = 2
      T1 ROLLBACK
      T2 COMMIT`,
    ...both({ 1: "1:10", 2: "1:10 2:20" }, "1:12 2:18"),
  },
  {
    name: "G2-item",
    script: `
      T1 SELECT * FROM test WHERE id IN (1, 2)
      T2 SELECT * FROM test WHERE id IN (1, 2)
      T1 UPDATE test SET value = 11 WHERE id = 1
      T2 UPDATE test SET value = 21 WHERE id = 2
      T1 COMMIT
      T2 COMMIT`,
    ...onlySerializable({ 1: "1:10 2:20", 2: "1:10 2:20" }, 6, {
      serializable: "1:11 2:20",
      snapshot: "1:11 2:21",
    }),
  },
  {
    name: "G2",
    script: `
      T1 SELECT * FROM test WHERE value % 3 = 0
      T2 SELECT * FROM test WHERE value % 3 = 0
      T1 INSERT INTO test (id, value) VALUES (3, 30)
      T2 INSERT INTO test (id, value) VALUES (4, 42)
      T1 COMMIT
      T2 COMMIT`,
    ...onlySerializable({ 1: "none", 2: "none" }, 6, {
      serializable: "1:10 2:20 3:30",
      snapshot: "1:10 2:20 3:30 4:42",
    }),
  },
  {
    name: "G2 with a range",
    script: `
      T1 SELECT * FROM test WHERE value BETWEEN 30 AND 50
      T2 SELECT * FROM test WHERE value BETWEEN 30 AND 50
      T1 UPDATE test SET value = 30 WHERE id = 1
      T2 UPDATE test SET value = 40 WHERE id = 2
      T1 COMMIT
      T2 COMMIT`,
    ...onlySerializable({ 1: "none", 2: "none" }, 6, {
      serializable: "1:30 2:20",
      snapshot: "1:30 2:40",
    }),
  },
  {
    name: "G2 with two edges",
    script: `
      T1 SELECT * FROM test
      T2 UPDATE test SET value = value + 5 WHERE id = 2
      T2 COMMIT
      T3 SELECT * FROM test
      T3 COMMIT
      T1 UPDATE test SET value = 0 WHERE id = 1
      T1 COMMIT`,
    ...onlySerializable({ 1: "1:10 2:20", 4: "1:10 2:25" }, 7, {
      serializable: "1:10 2:25",
      snapshot: "1:0 2:25",
    }),
  },
];
