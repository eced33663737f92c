// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import java.util.concurrent.atomic.LongAdder;

/** What sharing of pages counts beside the contents; thread-safe. */
final class SharingCounters {
  final LongAdder putsShared = new LongAdder();
  final LongAdder hashHits = new LongAdder();
  final LongAdder comparisons = new LongAdder();
  final LongAdder mismatches = new LongAdder();
  final LongAdder notCompared = new LongAdder();
  final LongAdder nanos = new LongAdder();

  /** Memory of the sightings, set once at the start. */
  volatile long sightingBytes;
}
