// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

/**
 * The same pages, held back from training, without and with a dictionary.
 *
 * @param plainBytes payload without
 * @param dictionaryBytes payload with, the number of the dictionary included
 */
record DictionaryTrial(long plainBytes, long dictionaryBytes) {
  /** Nothing was measured. */
  static final DictionaryTrial NONE = new DictionaryTrial(0, 0);

  /** Share of the payload that the dictionary saves; negative when it costs. */
  double gain() {
    return plainBytes == 0 ? 0 : 1 - (double) dictionaryBytes / plainBytes;
  }

  /** What the dictionary multiplies the compression ratio by. */
  double ratioGain() {
    return dictionaryBytes == 0 ? 1 : (double) plainBytes / dictionaryBytes;
  }
}
