// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import java.util.SplittableRandom;

/**
 * Payload lengths that zpages are made of. Immutable.
 *
 * @param name as it stands in the table
 * @param payloadBytes lengths, each as likely as any other
 * @param poolShare share of the usual memory for a pool of these, so that the smallest zpages do
 *     not take the longest time
 */
record ZpageSizes(String name, int[] payloadBytes, double poolShare) {
  private static final int CHOICES = 1 << 12;
  private static final double SHARE_OF_TINY = 1.0 / 8;

  /** Lengths of the zpages of the input. */
  static ZpageSizes real(BareZpages zpages, int pages) {
    int[] lengths = new int[pages];
    for (int i = 0; i < pages; i++) {
      lengths[i] = zpages.payloadBytes(i);
    }
    return new ZpageSizes("real", lengths, 1);
  }

  /** Lengths that a design of some kind finds hard, as shares of a page. */
  static ZpageSizes[] hard(int pageBytes) {
    return new ZpageSizes[] {
      new ZpageSizes(
          "tiny", between("tiny", pageBytes / 128, pageBytes / 42).payloadBytes, SHARE_OF_TINY),
      // Two of them and their headers are more than a page.
      between("half a page and a bit", pageBytes * 21 / 40, pageBytes * 21 / 40),
      mixed("small or large", pageBytes),
      between("near a page", pageBytes * 9 / 10, pageBytes)
    };
  }

  private static ZpageSizes between(String name, int least, int most) {
    SplittableRandom random = new SplittableRandom(most);
    return new ZpageSizes(name, random.ints(CHOICES, least, most + 1).toArray(), 1);
  }

  private static ZpageSizes mixed(String name, int pageBytes) {
    int[] small = between(name, pageBytes / 25, pageBytes / 10).payloadBytes;
    int[] large = between(name, pageBytes * 7 / 10, pageBytes * 8 / 10).payloadBytes;
    int[] both = new int[CHOICES];
    for (int i = 0; i < CHOICES; i++) {
      both[i] = i % 2 == 0 ? small[i] : large[i];
    }
    return new ZpageSizes(name, both, 1);
  }

  int any(SplittableRandom random) {
    return payloadBytes[random.nextInt(payloadBytes.length)];
  }

  double mean() {
    long sum = 0;
    for (int bytes : payloadBytes) {
      sum += bytes;
    }
    return (double) sum / payloadBytes.length;
  }
}
