// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.latency;

/**
 * Latencies of one kind of operation.
 *
 * @param count operations measured
 * @param totalNanos time they took together
 * @param p50Nanos median, at most a sixteenth too high
 * @param p99Nanos 99th percentile, at most a sixteenth too high
 * @param maxNanos longest, exact
 */
public record LatencySnapshot(
    long count, long totalNanos, long p50Nanos, long p99Nanos, long maxNanos) {}
