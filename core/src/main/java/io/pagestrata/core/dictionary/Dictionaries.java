// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.dictionary;

import java.io.IOException;
import java.util.Optional;

/**
 * The dictionaries of one store: each belongs to a pool, was trained on pages of it, has a number
 * that no other ever has, and does not change.
 *
 * <p>The codec that uses them samples pages as it compresses them; {@link #step} does the rest in
 * the background. A dictionary stays until no zpage can need it. Thread-safe.
 */
public interface Dictionaries extends AutoCloseable {
  /** No dictionary at all. */
  Dictionaries NONE =
      new Dictionaries() {
        @Override
        public void attach(DictionaryLog log) {}

        @Override
        public boolean isActive() {
          return false;
        }

        @Override
        public Optional<DictionaryEvent> step() {
          return Optional.empty();
        }

        @Override
        public void dropPool(int pool) {}

        @Override
        public DictionaryStats stats() {
          return DictionaryStats.ZERO;
        }

        @Override
        public void close() {}
      };

  /**
   * Takes over what survived, and saves new ones there from now on. Once, before any zpage is read.
   *
   * @param log where they survive, {@link DictionaryLog#NONE} when they do not
   * @throws IOException when they could not be read
   */
  void attach(DictionaryLog log) throws IOException;

  /**
   * Takes what tells when an older version of a dictionary is needed no more. Once, before steps.
   *
   * @param uses looked at now and then
   */
  default void watch(DictionaryUses uses) {}

  /**
   * Whether steps may have something to do, now or later.
   *
   * @return false when no codec in use takes a dictionary
   */
  boolean isActive();

  /**
   * One step in the background: begins to sample a pool, or trains on what was sampled, which takes
   * some tenths of a second, or frees what nobody needs. By one thread at a time.
   *
   * @return what came of a training, when one ended
   */
  Optional<DictionaryEvent> step();

  /**
   * Says that a pool is gone with all its pages; its dictionaries go at a later step.
   *
   * @param pool its id
   */
  void dropPool(int pool);

  /**
   * Counters.
   *
   * @return an immutable snapshot
   */
  DictionaryStats stats();

  /** Frees what no codec context holds any more; contexts free the rest as they are closed. */
  @Override
  void close();
}
