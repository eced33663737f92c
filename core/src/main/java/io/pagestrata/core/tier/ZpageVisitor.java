// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.tier;

import java.nio.ByteBuffer;

/** Decides about the zpages of a region that is being reclaimed. */
@FunctionalInterface
public interface ZpageVisitor {
  /**
   * Looks at one zpage, alive or dead. Whoever takes it out of the page table frees its locator.
   *
   * @param memory buffer that holds it; shared between threads, so only absolute reads
   * @param offset first byte of its header
   * @param bytes header and payload length
   * @param locator where it rests
   * @param backing locator of its copy in the tier below, or {@link UpperTier#NO_BACKING}
   */
  void visit(ByteBuffer memory, int offset, int bytes, long locator, long backing);
}
