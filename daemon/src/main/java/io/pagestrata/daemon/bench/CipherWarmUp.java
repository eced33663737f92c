// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.tiers.crypt.BareCipher;

/**
 * Seals and opens until the JVM has compiled the cipher for good, which takes it some hundred
 * thousand calls, more than the unmeasured rounds make: a store is past them after its first
 * seconds.
 */
final class CipherWarmUp {
  private static final int SAMPLES = 5;
  private static final int CALLS_BETWEEN_LOOKS = 1000;
  private static final int CLEAR_BYTES = 1400;

  private CipherWarmUp() {}

  /** Takes as long as some samples of the benchmark. */
  static void run(BenchContext bench) throws StoppedException {
    BareCipher cipher = new BareCipher();
    byte[] clear = new byte[CLEAR_BYTES];
    byte[] sealed = new byte[CLEAR_BYTES + BareCipher.TAG_BYTES];
    long wantedNanos = SAMPLES * bench.settings().sampleNanos();
    long start = System.nanoTime();
    for (int call = 0; System.nanoTime() - start < wantedNanos; ) {
      StoppedException.throwIf(bench.stop());
      for (int end = call + CALLS_BETWEEN_LOOKS; call < end; call++) {
        cipher.seal(clear, sealed, call);
        cipher.open(sealed, clear, call);
      }
    }
  }
}
