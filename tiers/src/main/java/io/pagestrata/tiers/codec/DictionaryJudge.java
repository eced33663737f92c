// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import io.pagestrata.core.dictionary.DictionaryEvent.Outcome;

/**
 * Decides from a full sample whether a pool keeps its dictionary, gets a new one or none. What it
 * decides is done by others. Stateless.
 */
final class DictionaryJudge {
  /** A dictionary that still gains this share of what it once did is not trained anew. */
  private static final double KEPT_SHARE_OF_GAIN = 0.75;

  /** One in use goes on a while below the least gain, so that it does not come and go. */
  private static final double LEFT_SHARE_OF_LEAST_GAIN = 0.5;

  private DictionaryJudge() {}

  /**
   * What is to be done.
   *
   * @param content what was trained, with {@link Outcome#TRAINED}; else null
   * @param trial figures of the dictionary that the outcome is about; null when none was made
   */
  record Verdict(Outcome outcome, byte[] content, DictionaryTrial trial) {}

  /**
   * Judges a sample; {@code gain} is what the dictionary in use, which may be null, once gained.
   */
  static Verdict judge(
      SampleRun run, DictionaryTrainer trainer, Dictionary current, double gain, double minGain) {
    DictionaryTrial old = current == null ? null : trainer.measure(run, current);
    if (old != null && old.gain() >= Math.max(minGain, KEPT_SHARE_OF_GAIN * gain)) {
      return new Verdict(Outcome.KEPT, null, old);
    }
    byte[] content = trainer.train(run);
    DictionaryTrial fresh = content == null ? null : trainer.measure(run, content);
    boolean pays = fresh != null && fresh.gain() >= minGain;
    if (old != null && old.gain() >= LEFT_SHARE_OF_LEAST_GAIN * minGain) {
      pays &= fresh != null && fresh.dictionaryBytes() <= (1 - minGain) * old.dictionaryBytes();
      if (!pays) {
        return new Verdict(Outcome.KEPT, null, old);
      }
    }
    if (pays) {
      return new Verdict(Outcome.TRAINED, content, fresh);
    }
    return old == null
        ? new Verdict(Outcome.REJECTED, null, fresh)
        : new Verdict(Outcome.GIVEN_UP, null, old);
  }
}
