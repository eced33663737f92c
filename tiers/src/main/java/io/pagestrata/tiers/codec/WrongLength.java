// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import io.pagestrata.core.codec.CodecException;

/** Words the fault that all codecs share: a payload that decodes to fewer bytes than a page. */
final class WrongLength {
  private WrongLength() {}

  static CodecException of(String codec, int expectedBytes, int foundBytes) {
    return new CodecException(
        codec + " payload decodes to " + foundBytes + " bytes, expected " + expectedBytes, null);
  }
}
