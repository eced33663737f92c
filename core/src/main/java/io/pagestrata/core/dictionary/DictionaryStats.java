// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.dictionary;

/**
 * What dictionaries cost and gain.
 *
 * @param alive gauge: dictionaries in memory, older versions that zpages may still need included
 * @param inUse gauge: pools whose pages are compressed with one now
 * @param bytes gauge: memory of those alive, digests included
 * @param trained dictionaries that were good enough to be used
 * @param rejected trainings whose dictionary was not used: it gained too little on the pages held
 *     back, or there was no memory for it
 * @param failed trainings that ended with a failure of the library or the medium
 * @param trainingNanos time spent training and measuring
 * @param plainBytes gauge: payload bytes of the pages held back without their dictionary, over all
 *     dictionaries in use, as last measured
 * @param dictionaryBytes gauge: payload bytes of the same pages with it
 */
public record DictionaryStats(
    long alive,
    long inUse,
    long bytes,
    long trained,
    long rejected,
    long failed,
    long trainingNanos,
    long plainBytes,
    long dictionaryBytes) {
  /** No dictionary, ever. */
  public static final DictionaryStats ZERO = new DictionaryStats(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /**
   * What dictionaries multiply the compression ratio by.
   *
   * @return 1 when none is in use
   */
  public double ratioGain() {
    return dictionaryBytes == 0 ? 1 : (double) plainBytes / dictionaryBytes;
  }
}
