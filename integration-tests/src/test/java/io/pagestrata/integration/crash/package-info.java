// SPDX-License-Identifier: Apache-2.0
/** Crashes of durable stores: after every single operation on a disk, and of the real daemon. */
package io.pagestrata.integration.crash;
