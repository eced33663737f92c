// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.reclaim;

/**
 * Measures how fast a tier fills, so that reclaim starts before puts would have to wait and sleeps
 * no longer than it may.
 *
 * <p>Intake is the growth of used bytes plus what left meanwhile, averaged over about 10 samples of
 * at least a millisecond. Owned by the reclaiming thread.
 */
final class Pace {
  private static final long LEAST_SAMPLE_NANOS = 1_000_000L;
  private static final double WEIGHT = 0.2;

  private long sampleNanos;
  private long sampleUsedBytes;
  private long sampleLeftBytes;
  private double bytesPerNano;

  Pace(long nowNanos) {
    sampleNanos = nowNanos;
  }

  void observe(long nowNanos, long usedBytes, long leftBytes) {
    long nanos = nowNanos - sampleNanos;
    if (nanos < LEAST_SAMPLE_NANOS) {
      return;
    }
    long intakeBytes = Math.max(0, usedBytes - sampleUsedBytes + leftBytes - sampleLeftBytes);
    bytesPerNano += WEIGHT * ((double) intakeBytes / nanos - bytesPerNano);
    sampleNanos = nowNanos;
    sampleUsedBytes = usedBytes;
    sampleLeftBytes = leftBytes;
  }

  /** Bytes expected to come in during a time. */
  long bytesIn(long nanos) {
    return (long) (bytesPerNano * nanos);
  }

  /** Time until so many bytes have come in, {@link Long#MAX_VALUE} when nothing comes in. */
  long nanosFor(long bytes) {
    return bytesPerNano <= 0 ? Long.MAX_VALUE : (long) (Math.max(0, bytes) / bytesPerNano);
  }
}
