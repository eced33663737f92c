// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

/**
 * When dictionaries are trained and used. Immutable.
 *
 * @param enabled whether new ones are trained; those that survived are decoded with in any case
 * @param pageBytes page size of the store
 * @param dictionaryBytes most bytes of one
 * @param minGain least share by which the payload of pages held back must shrink, from 0 to 1
 * @param checkNanos time after which a pool is sampled again
 * @param sampleBytes bytes of sampled pages: a quarter of them is held back
 * @param sampleEvery one compressed page in so many is sampled
 */
public record DictionaryRule(
    boolean enabled,
    int pageBytes,
    int dictionaryBytes,
    double minGain,
    long checkNanos,
    int sampleBytes,
    int sampleEvery) {
  /**
   * With two megabytes dictionaries are as good as with four, and trained in a tenth of a second.
   */
  public static final int USUAL_SAMPLE_BYTES = 2 << 20;

  /** Thins pages out, so that a sample is not one burst. */
  public static final int USUAL_SAMPLE_EVERY = 8;

  /** Trains nothing. */
  public static final DictionaryRule OFF = new DictionaryRule(false, 4096, 4096, 1, 0, 0, 1);

  /** Pages in a sample. */
  int samples() {
    return sampleBytes / pageBytes;
  }
}
