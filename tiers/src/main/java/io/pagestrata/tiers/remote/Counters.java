// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import java.util.concurrent.atomic.LongAdder;

/** What a remote tier counts; each only grows, but for what it holds. Thread-safe. */
final class Counters {
  final LongAdder zpages = new LongAdder();
  final LongAdder zpageBytes = new LongAdder();
  final LongAdder storedZpages = new LongAdder();
  final LongAdder storedBytes = new LongAdder();
  final LongAdder writtenBytes = new LongAdder();
  final LongAdder reads = new LongAdder();
  final LongAdder readBytes = new LongAdder();
  final LongAdder refusals = new LongAdder();
  final LongAdder errors = new LongAdder();
}
