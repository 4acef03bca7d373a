/** Profiles by platform, as absolute URLs. */
export interface SocialLinks {
  facebook?: string;
  instagram?: string;
  linkedin?: string;
  tiktok?: string;
  x?: string;
  youtube?: string;
}
