// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Percentiles against a sorted list of the same values. */
class LatencyHistogramTest {
  @Test
  void percentilesAreNeverTooLowAndAtMostASixteenthTooHigh() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      LatencyHistogram histogram = new LatencyHistogram();
      long[] values = new long[1 + random.nextInt(2_000)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (long) Math.pow(2, random.nextDouble() * 39);
        histogram.record(values[i]);
      }
      Arrays.sort(values);
      LatencySnapshot snapshot = histogram.snapshot();
      assertThat(snapshot.count()).isEqualTo(values.length);
      assertThat(snapshot.totalNanos()).isEqualTo(Arrays.stream(values).sum());
      assertThat(snapshot.maxNanos()).isEqualTo(values[values.length - 1]);
      checkNear(snapshot.p50Nanos(), rank(values, 50));
      checkNear(snapshot.p99Nanos(), rank(values, 99));
    }
  }

  private static long rank(long[] sorted, int percent) {
    return sorted[(sorted.length * percent + 99) / 100 - 1];
  }

  private static void checkNear(long found, long exact) {
    assertThat(found).isBetween(exact, exact + exact / 16);
  }

  @Test
  void smallValuesAreExact() {
    for (int value = 0; value < 32; value++) {
      LatencyHistogram histogram = new LatencyHistogram();
      histogram.record(value);
      histogram.record(1_000);
      histogram.record(value);
      assertThat(histogram.snapshot().p50Nanos()).isEqualTo(value);
    }
  }

  @Test
  void extremesAreCounted() {
    LatencyHistogram histogram = new LatencyHistogram();
    assertThat(histogram.snapshot()).isEqualTo(new LatencySnapshot(0, 0, 0, 0, 0));
    histogram.record(-5);
    histogram.record(Long.MAX_VALUE);
    assertThat(histogram.snapshot().count()).isEqualTo(2);
    assertThat(histogram.snapshot().p50Nanos()).isZero();
    assertThat(histogram.snapshot().maxNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void sumsEqualOneHistogramOfAll() {
    Random random = new Random(2);
    LatencyHistogram all = new LatencyHistogram();
    LatencyHistogram sum = new LatencyHistogram();
    for (int part = 0; part < 3; part++) {
      LatencyHistogram one = new LatencyHistogram();
      for (int i = 0; i < 500; i++) {
        long value = random.nextInt(1_000_000);
        one.record(value);
        all.record(value);
      }
      one.addTo(sum);
    }
    assertThat(sum.snapshot()).isEqualTo(all.snapshot());
  }
}
