// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.dictionary;

/**
 * What came of one training, for the monitor log.
 *
 * @param outcome what was decided
 * @param pool pool whose pages were sampled
 * @param id the dictionary that the pool uses now, 0 for none
 * @param ratioGain what it multiplies the ratio by, measured on pages held back; with {@link
 *     Outcome#REJECTED} that of the dictionary not used
 * @param nanos time that training and measuring took
 */
public record DictionaryEvent(Outcome outcome, int pool, int id, double ratioGain, long nanos) {
  /** What was decided. */
  public enum Outcome {
    /** A new dictionary is used from now on. */
    TRAINED,
    /** The one in use still pays. */
    KEPT,
    /** The one in use pays no more, and no new one does: the pool goes on without. */
    GIVEN_UP,
    /** A new one would gain too little. */
    REJECTED,
    /** There is no memory for a new one. */
    NO_MEMORY,
    /** The library or the medium failed. */
    FAILED
  }
}
