// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.tiers.codec.Codecs;

/** {@code none} keeps the codec contract. */
class NoneCodecTest extends PageCodecContract {
  @Override
  protected PageCodec codec() {
    return Codecs.parse("none");
  }
}
