// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.tiers.file.FileEncryption;
import io.pagestrata.tiers.file.FileTier;
import io.pagestrata.tiers.file.FileTierSettings;
import io.pagestrata.tiers.file.FileWear;
import io.pagestrata.tiers.file.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;

/** The file tier keeps the tier contract when it encrypts, too. */
class EncryptedFileTierTest extends TierContract<Tier> {
  @Override
  protected Tier open(Path directory) throws IOException {
    return new FileTier(
        FileTierSettings.of(directory, LIMIT_BYTES, Zpages.PAGE_BYTES),
        FileEncryption.ephemeral(),
        System::nanoTime,
        SegmentFiles.inDirectory(directory, false),
        FileWear.unlimited());
  }

  /** The tag, and what it may add to the fill. */
  @Override
  protected int mostPaddingBytes() {
    return super.mostPaddingBytes() + 16;
  }
}
