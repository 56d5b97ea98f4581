import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DISK_BYTES = 256 * 1024 * 1024;

/** `_IOR('X', 125, __u32)` of fs/ext4/ext4.h, which has no name in any language but C. */
const EXT4_IOC_SHUTDOWN = "0x8004587d";

/**
 * How the file system is shut down. `nothing`: what is in memory, the journal included, never
 * reaches the disk, as when the power goes. `journal`: the journal is written, data is not.
 * `everything`: all of it is written, then no more.
 */
export const FLUSH = { everything: 0, journal: 1, nothing: 2 };

/** Programs that this needs. */
const PROGRAMS = ["losetup", "mkfs.ext4", "mount", "umount", "unshare", "perl"];

/**
 * Runs a program to its end; throws with what it said if it fails.
 * @param {string} program
 * @param {readonly string[]} args
 */
function run(program, ...args) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) throw new Error(`${program}: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr.trim()}`);
  return stdout.trim();
}

/** Why there can be no such disk here; undefined if nothing is known to stand against it. */
export function reasonAgainst() {
  if (process.platform !== "linux") return "it needs Linux";
  if (process.getuid?.() !== 0) return "it needs root, to mount a file system";
  const missing = PROGRAMS.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status);
  return missing.length === 0 ? undefined : `it needs ${missing.join(", ")}`;
}

/**
 * An ext4 file system on a loop device over a file, whose power can be cut: what was not synced is
 * gone then. The device goes away with the mount, whoever unmounts it.
 */
export class LoopDisk {
  /** @readonly */
  #root = mkdtempSync(join(tmpdir(), "aegis-power-"));
  /** @readonly */
  #image = join(this.#root, "image");
  #mounted = false;
  /** Where the file system is mounted. */
  path = join(this.#root, "mounted");

  constructor() {
    mkdirSync(this.path);
    writeFileSync(this.#image, "");
    truncateSync(this.#image, DISK_BYTES);
    run("mkfs.ext4", "-q", "-F", this.#image);
  }

  mount() {
    run("mount", "-t", "ext4", "-o", "loop", this.#image, this.path);
    this.#mounted = true;
  }

  unmount() {
    run("umount", this.path);
    this.#mounted = false;
  }

  /**
   * Cuts the power: from now on every write and sync fails.
   * @param {number} flush one of FLUSH
   */
  cut(flush) {
    const program =
      'open(my $dir, "<", $ARGV[0]) or die "open: $!"; my $flush = pack("L", $ARGV[1]);' +
      `ioctl($dir, ${EXT4_IOC_SHUTDOWN}, $flush) or die "EXT4_IOC_SHUTDOWN: $!"`;
    run("perl", "-e", program, this.path, String(flush));
  }

  /** Gives everything back, also what is still in use. */
  destroy() {
    if (this.#mounted) spawnSync("umount", ["--lazy", this.path]);
    this.#mounted = false;
    rmSync(this.#root, { recursive: true, force: true });
  }
}
