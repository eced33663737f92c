// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import org.apache.logging.log4j.Level;

/** What a line of the monitor log tells; names are stable and described in docs/metrics.md. */
public enum EventKind {
  /** Totals since the line before; only when something changed. */
  INTERVAL("interval", Level.INFO),
  /** What callers put and got since the line before, and which tiers served it. */
  ACCESS("access", Level.INFO),
  /** What syncs of a durable store did since the line before. */
  SYNC("sync", Level.INFO),
  /** What one tenant holds, at each interval in which that changed. */
  TENANT("tenant", Level.INFO),
  /** What pages share, at each interval in which that changed. */
  SHARING("sharing", Level.INFO),
  /**
   * How the eviction policy of the top tier shares it out, at each interval in which that changed.
   */
  EVICTION("eviction", Level.INFO),
  /** A tier that survives found what an earlier run had left, before the store opened. */
  RECOVERY("recovery", Level.INFO),
  /** Reclaim of a tier began. */
  RECLAIM_START("reclaim-start", Level.INFO),
  /** Reclaim of a tier ended. */
  RECLAIM_STOP("reclaim-stop", Level.INFO),
  /** A batch was written and committed. */
  BATCH("batch", Level.INFO),
  /** A tier that is full, read-only or closed refused a batch; its pages stay above. */
  BATCH_REFUSED("batch-refused", Level.INFO),
  /** A batch met an exception; its pages stay above. */
  BATCH_FAILED("batch-failed", Level.WARN),
  /** A tier cleaned sparse regions. */
  CLEANING("cleaning", Level.INFO),
  /** A tier has checked every zpage that it held. */
  SCRUBBED("scrubbed", Level.INFO),
  /** A sample of a pool's pages was judged, and perhaps a dictionary trained on it. */
  DICTIONARY("dictionary", Level.INFO),
  /** A tier began to refuse batches since its size is used up. */
  TIER_FULL("tier-full", Level.WARN),
  /** A tier began to refuse batches since it wrote what it may write in a day. */
  BUDGET_USED_UP("budget-used-up", Level.WARN),
  /** A tier began to refuse batches after faults of its medium. */
  TIER_READ_ONLY("tier-read-only", Level.WARN),
  /** A tier began to fail batches or upkeep with I/O errors. */
  TIER_ERROR("tier-error", Level.ERROR),
  /** A revocable tier took no batch, so they go to the tier below it for now. */
  TIER_SKIPPED("tier-skipped", Level.WARN),
  /** A tier takes batches again. */
  TIER_RECOVERED("tier-recovered", Level.INFO),
  /** An unexpected exception in a background thread. */
  ERROR("error", Level.ERROR),
  /** One background thread met so many exceptions in a row that people should look. */
  FAILED("failed", Level.ERROR),
  /** Writeback ended, and with it the store; the last line. */
  CLOSED("closed", Level.INFO);

  private final String label;
  private final Level level;

  EventKind(String label, Level level) {
    this.label = label;
    this.level = level;
  }

  /**
   * First word of the line, and value of {@code event} in JSON.
   *
   * @return such as {@code reclaim-start}
   */
  public String label() {
    return label;
  }

  Level level() {
    return level;
  }
}
