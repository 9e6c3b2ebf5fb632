import { beforeEach, describe, expect, test } from "vitest";

import { ApiError, type Schema } from "@/api/client";

import { createSignInState, type SignInState } from "./sign-in-state";

const CHEN: Schema<"Me"> = {
  user_id: "u1",
  display_name: "陈静",
  sign_in_name: "chen",
  roles: ["inspector"],
  organisation_name: "云州市行政审批服务局",
  csrf_token: "token",
};

/** The server's side of signing in, with one known person. */
class Office {
  signedIn = false;
  asked = 0;
  failure: ApiError | null = null;

  me = (): Promise<Schema<"Me">> => {
    this.asked += 1;
    if (this.failure) return Promise.reject(this.failure);
    return this.signedIn ? Promise.resolve(CHEN) : Promise.reject(new ApiError("not_signed_in", 401));
  };

  signIn = ({ password }: Schema<"SignIn">): Promise<Schema<"Me">> => {
    if (password !== "right") return Promise.reject(new ApiError("wrong_credentials", 401));
    this.signedIn = true;
    return Promise.resolve(CHEN);
  };

  signOut = (): Promise<void> => {
    if (this.failure) return Promise.reject(this.failure);
    if (!this.signedIn) return Promise.reject(new ApiError("not_signed_in", 401));
    this.signedIn = false;
    return Promise.resolve();
  };
}

let office: Office;
let state: SignInState;

beforeEach(() => {
  office = new Office();
  state = createSignInState(office);
});

describe("asking who is signed in", () => {
  test("is done once, whatever the answer", async () => {
    expect(await state.ensure()).toBeNull();
    expect(await state.ensure()).toBeNull();
    expect(office.asked).toBe(1);
  });

  test("tells why it failed until the server answers", async () => {
    office.failure = new ApiError("storage_unavailable", 503);
    await expect(state.ensure()).rejects.toBe(office.failure);
    expect(state.failure.value).toBe(office.failure);
    office.failure = null;
    office.signedIn = true;
    expect(await state.ensure()).toEqual(CHEN);
    expect(state.failure.value).toBeNull();
  });

  test("finds a sign-in of an earlier visit", async () => {
    office.signedIn = true;
    expect(await state.ensure()).toEqual(CHEN);
  });

  test("is not answered by a server out of reach, and is asked again", async () => {
    office.failure = new ApiError("network_unreachable", 0);
    await expect(state.ensure()).rejects.toMatchObject({ code: "network_unreachable" });
    office.failure = null;
    office.signedIn = true;
    expect(await state.ensure()).toEqual(CHEN);
  });
});

test("a wrong password leaves nobody signed in", async () => {
  await expect(state.signIn("chen", "wrong")).rejects.toMatchObject({ code: "wrong_credentials" });
  expect(state.me.value).toBeNull();
});

test("a sign-in that the server dropped counts as expired until the next one", async () => {
  await state.signIn("chen", "right");
  state.lost();
  expect([state.me.value, state.expired.value]).toEqual([null, true]);
  await state.signIn("chen", "right");
  expect([state.me.value, state.expired.value]).toEqual([CHEN, false]);
});

test("who was never signed in cannot expire", () => {
  state.lost();
  expect(state.expired.value).toBe(false);
});

test("signing out succeeds when the server has forgotten already", async () => {
  await state.signIn("chen", "right");
  office.signedIn = false;
  await state.signOut();
  expect([state.me.value, state.expired.value]).toEqual([null, false]);
});

test("signing out with the server out of reach is told, and the person stays signed in", async () => {
  await state.signIn("chen", "right");
  office.failure = new ApiError("network_unreachable", 0);
  await expect(state.signOut()).rejects.toMatchObject({ code: "network_unreachable" });
  expect(state.me.value).toEqual(CHEN);
});
