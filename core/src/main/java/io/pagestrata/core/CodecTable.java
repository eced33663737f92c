// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.Dictionaries;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The codecs that a store can decode, by the id in the zpage header, and the one that puts use.
 * Thread-safe.
 */
final class CodecTable {
  static final int IDS = 256;

  private final PageCodec[] byId = new PageCodec[IDS];
  private volatile PageCodec ofPuts;

  CodecTable(List<PageCodec> codecs, PageCodec ofPuts) {
    codecs.forEach(codec -> byId[codec.id()] = codec);
    if (byId[PageCodec.NONE_ID] == null) {
      throw new IllegalArgumentException(
          "no codec has id " + PageCodec.NONE_ID + ", which pages that do not shrink need");
    }
    useForPuts(ofPuts);
  }

  /** The codec with this id, or null. */
  PageCodec find(int id) {
    return byId[id];
  }

  /** The dictionaries that some of the codecs need. */
  Dictionaries dictionaries() {
    return Arrays.stream(byId)
        .filter(Objects::nonNull)
        .map(PageCodec::dictionaries)
        .filter(it -> it != Dictionaries.NONE)
        .findFirst()
        .orElse(Dictionaries.NONE);
  }

  PageCodec ofPuts() {
    return ofPuts;
  }

  /** Later puts use this codec, if zpages that it makes can be decoded here. */
  void useForPuts(PageCodec codec) {
    if (byId[codec.id()] == null) {
      throw new IllegalArgumentException(
          "codec " + codec.name() + " has id " + codec.id() + ", which this store cannot decode");
    }
    ofPuts = codec;
  }
}
