// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.tiers.codec.Codecs;

/** {@code zstd-1} keeps the codec contract. */
class ZstdCodecTest extends PageCodecContract {
  @Override
  protected PageCodec codec() {
    return Codecs.parse("zstd-1");
  }
}
