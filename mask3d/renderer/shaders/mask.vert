#version 400 core
// A mask in the camera frame, in millimetres. The attributes lie where pyrender puts them.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec4 tangent;
layout(location = 3) in vec2 texcoord;
layout(location = 4) in vec4 occlusion;

uniform mat4 P;  // pyrender's name of the projection

out vec3 vertex_place;
out vec3 vertex_normal;
out vec4 vertex_tangent;
out vec2 vertex_uv;
out float vertex_occlusion;

void main() {
    gl_Position = P * vec4(position, 1.0);
    vertex_place = position;
    vertex_normal = normal;
    vertex_tangent = tangent;
    vertex_uv = texcoord;
    vertex_occlusion = occlusion.r;
}
