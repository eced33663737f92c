// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

/** The fields of the monitor log; names are stable and described in docs/metrics.md. */
public enum Field {
  /** Name of the tier that is relieved or that speaks. */
  TIER("tier", "tier", Unit.TEXT),
  /** Name of the tier below, which takes the zpages. */
  TO("to", "to", Unit.TEXT),
  /** Name of a tenant. */
  TENANT("tenant", "tenant", Unit.TEXT),
  /** Id of a pool. */
  POOL("pool", "pool", Unit.COUNT),
  /**
   * Why reclaim runs (watermark, idle-age, request, repatriation, tenant-limit, incompressible), or
   * why a batch was refused.
   */
  REASON("reason", "reason", Unit.TEXT),
  /**
   * How reclaim ended: reached, nothing-left, nothing-freed, refused, preempted or shutdown; what
   * was decided about a dictionary: trained, kept, given-up, rejected, no-memory or failed.
   */
  OUTCOME("outcome", "outcome", Unit.TEXT),
  /** How a recovery went: clean, index or rebuilt. */
  KIND("kind", "kind", Unit.TEXT),
  /** Segments that a recovery found. */
  SEGMENTS("segments", "segments", Unit.COUNT),
  /** Syncs that wrote down all that had changed. */
  SYNCS("syncs", "syncs", Unit.COUNT),
  /** Calls that were answered by the sync of another caller. */
  JOINED("joined", "joinedSyncs", Unit.COUNT),
  /** Syncs that were refused or failed. */
  FAILED_SYNCS("failed-syncs", "failedSyncs", Unit.COUNT),
  /** Zpages and tombstones that syncs wrote. */
  RECORDS("records", "records", Unit.COUNT),
  /** Zpages written, that left the tier during a run, or that a recovery found. */
  PAGES("pages", "pages", Unit.COUNT),
  /** Payload of the zpages: the compressed pages alone. */
  PAYLOAD("payload", "payloadBytes", Unit.BYTES),
  /** Bytes of the batches: payload, headers and padding. */
  OUT("out", "outBytes", Unit.BYTES),
  /** Page bytes before compression divided by payload. */
  RATIO("ratio", "ratio", Unit.RATIO),
  /** Batch bytes divided by the time the tier below took; 1 MB is 1,000,000 bytes. */
  RATE("rate", "mbPerSecond", Unit.RATE),
  /** Batches in flight behind this one. */
  QUEUE("queue", "queueBatches", Unit.COUNT),
  /** Written pages that were overwritten or removed meanwhile. */
  CANCELLED("cancelled", "cancelledPages", Unit.COUNT),
  /** Written pages that were read meanwhile and stayed above. */
  KEPT("kept", "keptPages", Unit.COUNT),
  /** Pages whose copy above was freed. */
  DEMOTED("demoted", "demotedPages", Unit.COUNT),
  /** Pages evicted without a write. */
  CLEAN("clean", "cleanPages", Unit.COUNT),
  /** Ephemeral pages dropped. */
  DROPPED("dropped", "droppedPages", Unit.COUNT),
  /** Ephemeral pages that went without being asked to, by reason. */
  DROPS("drops", "drops", Unit.COUNT),
  /** Referenced zpages moved to the young end. */
  CHANCES("chances", "secondChances", Unit.COUNT),
  /** Regions shown by the tier. */
  REGIONS("regions", "regions", Unit.COUNT),
  /** Whether reclaim had to take referenced zpages too. */
  FORCED("forced", "forced", Unit.TEXT),
  /** Batches that the tier below refused or failed. */
  FAILED("failed", "failedBatches", Unit.COUNT),
  /** Zpages made denser, on their way down or at rest. */
  RECOMPRESSED("recompressed", "recompressedPages", Unit.COUNT),
  /** Bytes that they became smaller by. */
  SAVED("saved", "savedBytes", Unit.BYTES),
  /** Puts that stored their page. */
  PUTS("puts", "puts", Unit.COUNT),
  /** Gets and takes that found their page. */
  GETS("gets", "gets", Unit.COUNT),
  /** Gets and takes of absent pages. */
  MISSES("misses", "misses", Unit.COUNT),
  /** Gets and takes that each tier served. */
  HITS("hits", "hits", Unit.COUNT),
  /** Mean microseconds of those that each tier served. */
  MEAN_MICROS("mean-us", "meanMicros", Unit.MICROS),
  /** Pages brought up since they were read. */
  PROMOTED("promoted", "promotedPages", Unit.COUNT),
  /** Pages brought up on request. */
  PREFETCHED("prefetched", "prefetchedPages", Unit.COUNT),
  /** Puts that had to wait for room. */
  STALLS("stalls", "stalls", Unit.COUNT),
  /** Time that puts waited for room, all together. */
  WAITED("waited", "waitedMillis", Unit.DURATION),
  /** Zpages that came into each tier, moves by cleaning excluded. */
  STORED("stored", "storedZpages", Unit.COUNT),
  /** Bytes written to each tier, cleaning included. */
  WRITTEN("written", "writtenBytes", Unit.BYTES),
  /** Failed requests to the medium of each tier. */
  ERRORS("errors", "errors", Unit.COUNT),
  /** Bytes taken in the tier. */
  USED("used", "usedBytes", Unit.BYTES),
  /** Bytes the tier may take. */
  LIMIT("limit", "limitBytes", Unit.BYTES),
  /** Bytes that cleaning moved or freed. */
  CLEANED("cleaned", "cleanedBytes", Unit.BYTES),
  /** Bytes of zpages that were checked. */
  SCRUBBED("scrubbed", "scrubbedBytes", Unit.BYTES),
  /** Zpages found damaged that a page needs, or records that a recovery found damaged. */
  DAMAGED("damaged", "damagedZpages", Unit.COUNT),
  /** Pages that are written again from a copy above. */
  REWRITTEN("rewritten", "rewrittenPages", Unit.COUNT),
  /** Time the told thing took. */
  TOOK("took", "tookMillis", Unit.DURATION),
  /** The longest of the told things. */
  LONGEST("longest", "longestMillis", Unit.DURATION),
  /** Share of its size that each tier uses. */
  FILL("fill", "fillShare", Unit.SHARE),
  /** Share of the day's bytes that each tier with a write budget, or the tenant, has written. */
  BUDGET("budget", "budgetShare", Unit.SHARE),
  /** Pages present in the pools of a tenant. */
  HELD("held", "heldPages", Unit.COUNT),
  /** Bytes of zpages of a tenant in tiers in RAM. */
  IN_RAM("in-ram", "ramBytes", Unit.BYTES),
  /** Bytes of zpages of a tenant in the other tiers. */
  BELOW("below", "belowBytes", Unit.BYTES),
  /** Bytes in the top tier that no codec shrank. */
  INCOMPRESSIBLE("incompressible", "incompressibleBytes", Unit.BYTES),
  /** Puts of a tenant that were refused since the line before. */
  REFUSED("refused", "refusedPuts", Unit.COUNT),
  /** Pages that share a zpage with others now. */
  SHARED("shared", "sharedPages", Unit.COUNT),
  /** Zpages that they share. */
  CONTENTS("contents", "contents", Unit.COUNT),
  /** Bytes of zpages that they spare now. */
  SPARED("spared", "sparedBytes", Unit.BYTES),
  /** Pages that puts compared byte by byte. */
  COMPARED("compared", "comparedPages", Unit.COUNT),
  /** Of these, pages that were not the same. */
  DIFFERENT("different", "differentPages", Unit.COUNT),
  /** Pages that were not compared since they are below. */
  NOT_COMPARED("not-compared", "notComparedPages", Unit.COUNT),
  /** Share of the top tier that zpages read again may take from new ones. */
  KEPT_SHARE("kept-share", "keptShare", Unit.RATIO),
  /** Number of the dictionary that a pool uses, 0 for none. */
  DICTIONARY("dictionary", "dictionary", Unit.COUNT),
  /** What a dictionary multiplies the compression ratio by, on pages held back from training. */
  GAIN("gain", "ratioGain", Unit.RATIO),
  /** Background thread that met an exception. */
  ROLE("role", "role", Unit.TEXT),
  /** Times the same exception was met. */
  TIMES("times", "times", Unit.COUNT),
  /** Type and message of the exception. */
  CAUSE("cause", "cause", Unit.TEXT),
  /** Events of this kind left out since the line before it. */
  SUPPRESSED("suppressed", "suppressedEvents", Unit.COUNT);

  /** How a value is written. */
  enum Unit {
    TEXT,
    COUNT,
    BYTES,
    DURATION,
    RATIO,
    SHARE,
    MICROS,
    RATE
  }

  private final String label;
  private final String jsonName;
  private final Unit unit;

  Field(String label, String jsonName, Unit unit) {
    this.label = label;
    this.jsonName = jsonName;
    this.unit = unit;
  }

  /**
   * Name in lines for people.
   *
   * @return such as {@code payload}
   */
  public String label() {
    return label;
  }

  /**
   * Name in JSON, with the unit.
   *
   * @return such as {@code payloadBytes}
   */
  public String jsonName() {
    return jsonName;
  }

  Unit unit() {
    return unit;
  }
}
