// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.dictionary;

import java.io.IOException;
import java.util.List;

/**
 * Where the dictionaries of a durable store survive, beside the zpages that need them. Thread-safe.
 */
public interface DictionaryLog {
  /** Keeps nothing, for stores that do not survive. */
  DictionaryLog NONE =
      new DictionaryLog() {
        @Override
        public List<SavedDictionary> load() {
          return List.of();
        }

        @Override
        public int nextId() {
          return 1;
        }

        @Override
        public void save(SavedDictionary dictionary) {}

        @Override
        public void delete(int id) {}
      };

  /**
   * The dictionaries that survived whole. After recovery: those that some record needs, and the
   * newest one of each pool.
   *
   * @return in the order of their ids
   * @throws IOException when the medium failed
   */
  List<SavedDictionary> load() throws IOException;

  /**
   * The lowest id that no dictionary ever had.
   *
   * @return 1 or more
   */
  int nextId();

  /**
   * Saves a dictionary; it is on the medium when the call returns.
   *
   * @param dictionary with an id that none ever had
   * @throws IOException when the medium failed; then no payload may be made with it
   */
  void save(SavedDictionary dictionary) throws IOException;

  /**
   * Removes a dictionary that no zpage needs any more.
   *
   * @param id its number
   * @throws IOException when the medium failed
   */
  void delete(int id) throws IOException;

  /**
   * Removes a dictionary that no zpage needs any more, although its pool is there. A crash may
   * bring back what was superseded and not synced yet, so it is removed when the next sync has
   * ended.
   *
   * @param id its number
   * @throws IOException when the medium failed
   */
  default void retire(int id) throws IOException {
    delete(id);
  }
}
