// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What reading one segment gave a check, beside what its {@link CheckedSegment} holds; or all of
 * them together. For one thread at a time.
 */
final class Examined {
  private final CheckFindings findings = new CheckFindings();
  private final RecordList records = new RecordList();
  private final Set<Integer> pools = new TreeSet<>();
  private final Set<Integer> contentPools = new TreeSet<>();
  private final Map<Integer, Long> dictionaries = new TreeMap<>();
  private long unopened;

  CheckFindings findings() {
    return findings;
  }

  RecordList records() {
    return records;
  }

  /** Pools of records that are whole. */
  Set<Integer> pools() {
    return pools;
  }

  /** Pools of contents that pages share, as far as records could be read. */
  Set<Integer> contentPools() {
    return contentPools;
  }

  /** How many records need each dictionary, as far as records could be read. */
  Map<Integer, Long> dictionaries() {
    return dictionaries;
  }

  /** Segments whose payloads could not be opened for want of the key. */
  long unopened() {
    return unopened;
  }

  void addUnopened() {
    unopened++;
  }

  /** Adds what another segment gave, but for its records. */
  void add(Examined other) {
    findings.addAll(other.findings);
    pools.addAll(other.pools);
    contentPools.addAll(other.contentPools);
    other.dictionaries.forEach((id, count) -> dictionaries.merge(id, count, Long::sum));
    unopened += other.unopened;
  }
}
