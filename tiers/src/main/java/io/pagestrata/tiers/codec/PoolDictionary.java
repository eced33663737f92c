// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

/**
 * What a pool's pages are compressed with, and when that is looked at again. The volatile fields
 * are read for every page, the others belong to the thread that steps {@link ZstdDictionaries}.
 */
final class PoolDictionary {
  final int pool;

  /** Null for none. */
  volatile Dictionary current;

  /** Not null while pages are sampled. */
  volatile SampleRun run;

  volatile boolean gone;

  long dueNanos;
  int rejections;

  /** Share that the dictionary in use saved when it was trained, or first measured. */
  double gain;

  /** What the dictionary in use made of the pages held back lately. */
  volatile DictionaryTrial lately = DictionaryTrial.NONE;

  PoolDictionary(int pool, long dueNanos) {
    this.pool = pool;
    this.dueNanos = dueNanos;
  }

  /** Sets what the pages are compressed with; null for none. */
  void use(Dictionary next, DictionaryTrial trial) {
    gain = next == null ? 0 : trial.gain();
    lately = next == null ? DictionaryTrial.NONE : trial;
    current = next;
  }

  /** Says what the dictionary in use gains now. */
  void measured(DictionaryTrial trial) {
    gain = gain == 0 ? trial.gain() : gain;
    lately = trial;
  }
}
