// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import java.util.ArrayList;
import java.util.List;

/** What one worker counted. Owned by its thread until the phase ends. */
final class Tally {
  private static final int MOST_COMPLAINTS = 5;

  long puts;
  long putNanos;
  long gets;
  long getNanos;
  long refused;
  long skippedPuts;
  long overwrites;
  long flushes;
  long comparisons;
  long mismatches;
  long finalPages;
  final List<String> complaints = new ArrayList<>();

  void mismatch(String complaint) {
    mismatches++;
    if (complaints.size() < MOST_COMPLAINTS) {
      complaints.add(complaint);
    }
  }

  void add(Tally other) {
    puts += other.puts;
    putNanos += other.putNanos;
    gets += other.gets;
    getNanos += other.getNanos;
    refused += other.refused;
    skippedPuts += other.skippedPuts;
    overwrites += other.overwrites;
    flushes += other.flushes;
    comparisons += other.comparisons;
    mismatches += other.mismatches;
    finalPages += other.finalPages;
    for (String complaint : other.complaints) {
      if (complaints.size() < MOST_COMPLAINTS) {
        complaints.add(complaint);
      }
    }
  }
}
