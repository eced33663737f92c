// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps the shape of the tree and the truth of the documents: module arrows, one library one
 * package, no loose ends.
 */
package io.pagestrata.integration.architecture;
