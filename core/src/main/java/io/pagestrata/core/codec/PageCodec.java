// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.codec;

import io.pagestrata.core.dictionary.Dictionaries;

/**
 * A way to compress pages, named by an id that travels in every zpage.
 *
 * <p>Ids are part of the disk format: once given they never change meaning. A decoder needs the id
 * only, never the level, so zpages made at any level stay readable. Thread-safe; the work is done
 * by {@link CodecContext}s, one for each thread at a time.
 */
public interface PageCodec {
  /** Id of the codec that leaves a page as it is. */
  int NONE_ID = 0;

  /** Id of a payload of eight bytes that fill the page again and again. */
  int FILL_ID = 3;

  /** Id of a zstd frame that needs the dictionary whose number stands before it. */
  int ZSTD_DICTIONARY_ID = 4;

  /** Id of the record of a page that shares a content. */
  int CONTENT_ID = 5;

  /**
   * Id of a payload that stands for a page whose content is lost, so that no older one is taken for
   * it: decoding it always fails.
   */
  int LOST_ID = 6;

  /**
   * Id stored in the zpage header.
   *
   * @return 0 to 255
   */
  int id();

  /**
   * Name as used in settings, level included, such as {@code lz4} or {@code zstd-3}.
   *
   * @return lower-case name
   */
  String name();

  /**
   * Makes a context with working memory of its own.
   *
   * @return a new context that the caller closes
   */
  CodecContext newContext();

  /**
   * The dictionaries that its contexts use.
   *
   * @return {@link Dictionaries#NONE} for a codec that needs none
   */
  default Dictionaries dictionaries() {
    return Dictionaries.NONE;
  }
}
