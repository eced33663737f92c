// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import java.util.concurrent.atomic.LongAdder;

/** What the file tier counts; each only grows. Thread-safe. */
final class FileCounters {
  final LongAdder storedZpages = new LongAdder();
  final LongAdder storedBytes = new LongAdder();
  final LongAdder writtenBytes = new LongAdder();
  final LongAdder cleanedZpages = new LongAdder();
  final LongAdder cleanedBytes = new LongAdder();
  final LongAdder segmentsCleaned = new LongAdder();
  final LongAdder reads = new LongAdder();
  final LongAdder readBytes = new LongAdder();
  final LongAdder refusals = new LongAdder();
  final LongAdder errors = new LongAdder();
  final LongAdder scrubbedBytes = new LongAdder();
  final LongAdder scrubPasses = new LongAdder();
  final LongAdder damagedZpages = new LongAdder();
  final LongAdder rewrittenPages = new LongAdder();
}
