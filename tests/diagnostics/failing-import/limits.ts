const settings: { limits?: { user: number } } = {};
export const unused = settings.limits!.user + 1;
export const LIMIT = settings.limits!.user;
